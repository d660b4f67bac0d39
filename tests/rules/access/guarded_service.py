"""A small service with guards, routers and an application, as the rules on access read it."""

SERVICE = {
    "app/api/deps.py": """
        from typing import Annotated

        from fastapi import Depends, HTTPException, Request, Security
        from fastapi.security import HTTPBearer

        oauth_schema = HTTPBearer(auto_error=False)


        def get_token(request: Request, token=Depends(oauth_schema)):
            token = request.headers.get("Authorization")
            if token is None:
                raise HTTPException(status_code=401, detail="Token not found")
            return token


        def get_tenant_id(request: Request) -> str:
            return request.scope.get("tenant_id")


        def get_permissions(request: Request) -> list[str]:
            return request.scope.get("permissions", [])


        def get_user(request: Request):
            return getattr(request.state, "user", None)


        async def get_session(request: Request, token: str = Depends(get_token)):
            yield request.state.db


        async def get_public_session(request: Request):
            yield request.state.db


        def get_company(request: Request):
            if not hasattr(request.state, "company"):
                raise HTTPException(status_code=400, detail="Cannot find company")
            return request.state.company


        def check_permissions(allow: list[str] | None = None):
            async def permissions_checker(permissions: list[str] = Depends(get_permissions)):
                if not set(allow or []) & set(permissions):
                    raise HTTPException(status_code=403, detail="Insufficient permissions")
                return permissions

            return permissions_checker


        def check_permissions_admin():
            async def permissions_checker(
                permissions: list[str] = Depends(get_permissions),
            ) -> list[str]:
                if "Descope Admin" not in permissions:
                    raise HTTPException(status_code=403, detail="Insufficient permissions")
                return permissions

            return permissions_checker
        """,
    "app/main.py": """
        from fastapi import FastAPI

        from app.api.api import api_router

        app = FastAPI()
        app.include_router(api_router, prefix="/api/v1")
        """,
    "app/api/api.py": """
        from fastapi import APIRouter

        from app.api.endpoints import reports

        api_router = APIRouter()
        api_router.include_router(reports.router)
        """,
}
